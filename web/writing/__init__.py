"""Items written in the product: forms, the API and help at the keyboard."""
