"""The Celery worker and its schedule: tasks of a few lines that call acts."""
