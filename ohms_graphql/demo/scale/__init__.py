"""A clinic of the size of a hospital's, made at the speed of the database. Nobody in it is real.

Every kind of document is made once through the real models (``patterns``), then varied as it is stored: no model is built for
each row. A practice of a few providers and their patients is made and written by one process, and needs nothing of the others.
"""
