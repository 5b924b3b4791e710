"""Pages for people: plain HTML forms that work without JavaScript. OAuth's pages and the account pages are made with these."""
