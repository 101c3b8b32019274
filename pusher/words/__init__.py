"""Tokens and TF-IDF rows: the only home of jieba and its fast port."""
