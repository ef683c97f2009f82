"""The supplementary verification platform: assisted verification with the law's clocks."""
