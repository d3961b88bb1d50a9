"""Who adjudicates, who pays, whose network, which office."""
