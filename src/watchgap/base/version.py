"""The version of Watchgap, as it is written into every study."""

VERSION = "0.1.0"
