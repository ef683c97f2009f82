"""What a person at the terminal is told when a command can't do what was asked."""


class CommandFailed(Exception):
    """The command could not do it; the text says why and what to do next. Exit code 1."""
