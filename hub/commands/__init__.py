"""The commands of `certhub`, one module each."""
