"""Why a file could not be read. The words are for whoever uploaded it."""


class ExtractionFailed(Exception):
    """A file could not be read, and trying again would change nothing.

    Args:
        code: stable word.
        message: what is wrong and what to do.
    """

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(f"{code}: {message}")
