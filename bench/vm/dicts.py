# Dictionaries with strings and ints.
text = ("the quick brown fox jumps over the lazy dog and the cat runs after the mouse while it rains in spain " * 150).split()
for _ in range(10):
    counts = {}
    for word in text:
        counts[word] = counts.get(word, 0) + 1
    positions = {}
    for index, word in enumerate(text):
        if word not in positions:
            positions[word] = []
        positions[word].append(index)
squares = {n: n * n for n in range(100000)}
total = 0
for key, value in squares.items():
    total += key ^ value
inverted = {value: key for key, value in squares.items()}
print(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:3], len(positions["the"]), total, inverted[99 * 99])
