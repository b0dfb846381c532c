"""What runs, and when? Definitions, job, schedule, sensor, progress and settings."""
