"""The desk's HTTP + JSON face: signed calls in, requests and proofs out."""
