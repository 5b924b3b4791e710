"""Video visits: who may come in and when, who is there, and what they tell each other to connect."""
