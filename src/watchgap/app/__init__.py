"""The doors of Watchgap: each is a thin wrapper over one library call."""
