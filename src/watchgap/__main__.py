"""`python -m watchgap` is `watchgap`."""

from watchgap.app.cli import main

if __name__ == "__main__":
    main()
