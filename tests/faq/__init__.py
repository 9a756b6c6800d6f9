"""Samsung's FAQ for MSPs, question by question, asked of the running portal as people would.

Each test does what a person can do: pages in a browser, letters in a mailbox. None knows a model.
"""
