"""What runs, and when? Definitions, jobs, schedules, sensors, settings and the command line."""
