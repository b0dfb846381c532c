"""The library of prohibitions: which conditions courts use, how they are worded, and what the catalogue lacks."""
