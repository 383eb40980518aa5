"""A whole fair day through the real web server: lines break, workers die, and what people were told adds up."""
