"""The installation's Redis: `server` connects and has redis-py's commands, `wire` is for what is asked all the time."""
