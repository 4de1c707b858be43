"""`python -m campaign` is the `campaign` command."""

from campaign.commands import main

if __name__ == "__main__":
    main()
