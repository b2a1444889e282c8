"""What is measured during a step, and the compiled kernel that measures it."""
