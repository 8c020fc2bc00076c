"""One assistant turn: assemble the prompt, stream the model, record the outcome."""
