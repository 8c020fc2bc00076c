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


class SecretHostsInvalid(Invalid):
    """One of the hosts that the secret is to be bound to is none; `errors` names it."""

    code = "tools.secret_hosts_invalid"


class SecretValueNeeded(Invalid):
    """The secret could go to hosts then that it cannot go to now: give its value again, or let an admin do it."""

    code = "tools.secret_value_needed"


class SecretInUse(Conflict):
    """A tool uses this secret; change the tool first."""

    code = "tools.secret_in_use"


class LeadNotFound(NotFound):
    """There is nothing of this id that a visitor filled in."""

    code = "tools.lead_not_found"


class ServerNotFound(NotFound):
    """There is no such MCP server."""

    code = "tools.server_not_found"


class ServerNameTaken(Conflict):
    """Another MCP server has this name; choose another one."""

    code = "tools.server_name_taken"


class ServerInvalid(Invalid):
    """The MCP server cannot be connected as it is described; `errors` names what to change."""

    code = "tools.server_invalid"


class TooManyServers(Conflict):
    """A company can have 50 MCP servers; delete some that no agent uses."""

    code = "tools.too_many_servers"


class ProgramNotAllowed(Invalid):
    """Programs (stdio) are not allowed here: give the address of a server that speaks HTTP."""

    code = "tools.program_not_allowed"


class AuthorizationFailed(Conflict):
    """The server could not be connected; the message says what to do."""

    code = "tools.authorization_failed"


class AuthorizationUnknown(Conflict):
    """This answer belongs to no connection that was begun in this session, or it came too late: connect again."""

    code = "tools.authorization_unknown"
