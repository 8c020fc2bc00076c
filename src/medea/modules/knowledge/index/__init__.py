"""What is searched: chunks, their words with statistics, their vectors.

`analysis` turns text into terms, `languages` tells which language it is in, `documents` writes and removes,
`vectors` embeds what waits for it, `copies` keeps a vector store beside PostgreSQL in line.
"""
