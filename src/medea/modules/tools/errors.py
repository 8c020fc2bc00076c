"""What this module refuses."""

from medea.kernel.errors import AppError, Conflict, Invalid, NotFound


class ToolFailed(AppError):
    """The tool could not do this."""

    status = 502
    title = "Tool failed"
    code = "tools.failed"


class ToolNotFound(NotFound):
    """There is no such tool."""

    code = "tools.tool_not_found"


class ToolNameTaken(Conflict):
    """Another tool has this name; choose another one."""

    code = "tools.name_taken"


class TooManyTools(Conflict):
    """A company can have 200 tools of its own; delete some that no agent uses."""

    code = "tools.too_many"


class ToolInvalid(Invalid):
    """The tool cannot work as it is described; `errors` names what to change."""

    code = "tools.invalid"


class SecretNotFound(NotFound):
    """There is no such secret."""

    code = "tools.secret_not_found"


class SecretNameTaken(Conflict):
    """Another secret has this name; choose another one, or give that one a new value."""

    code = "tools.secret_name_taken"


class SecretInUse(Conflict):
    """A tool uses this secret; change the tool first."""

    code = "tools.secret_in_use"
