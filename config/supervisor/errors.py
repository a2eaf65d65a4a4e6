class StartError(Exception):
    """Something cannot be started; the message is for the person at the terminal."""
