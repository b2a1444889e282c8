"""What is measured during a step: compiled readings of the tensors' memory that touch nothing but their output."""
