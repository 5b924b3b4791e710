"""`python -m ohms_graphql` is `ohms`."""

from ohms_graphql.cli import main

if __name__ == "__main__":
    main()
