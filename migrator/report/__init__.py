"""The browser report, and what it has in common with the terminal and SARIF."""
