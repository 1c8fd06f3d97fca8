"""Building `option_index/data/facts.sqlite` from published option lists, package lists and the module sources' own declarations."""
