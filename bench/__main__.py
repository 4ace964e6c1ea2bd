"""`make bench`: all measurements, each prints one table."""

from bench import deliver, form, letters

if __name__ == "__main__":
    form.main()
    deliver.main()
    letters.main()
