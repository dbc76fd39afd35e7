"""Learning paths: which training, in which order, closes the gaps of a learner at the least expense."""
