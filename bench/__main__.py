"""`make bench`: all measurements, each prints one table."""

from bench import deliver, engine, form, letters, pages

if __name__ == "__main__":
    form.main()
    deliver.main()
    letters.main()
    engine.main()
    pages.main()
