"""From upload to index: the steps of a document, each resumable, and the jobs that take them."""
