"""One reader per kind of file. They run in the child; `markdown` and `plain` are safe anywhere."""
