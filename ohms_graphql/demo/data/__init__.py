"""What the demo is made of: names, places, illnesses, tests, prices. Data, no behaviour to speak of."""
