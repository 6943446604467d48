# Text: joining, splitting, replacing, formatting, growing.
words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"]


def build(n):
    text = ""
    for i in range(n):
        text += words[i % 8] + " "
    return text


def work(text):
    upper = " ".join(word.capitalize() for word in text.split())
    swapped = upper.replace("Beta", "B").replace("Gamma", "C").lower()
    vowels = sum(1 for c in swapped if c in "aeiou")
    return f"{len(swapped):>8}|{vowels:08d}|{swapped[:10]!r}"


for _ in range(12):
    result = work(build(8000))
print(result)
lines = [f"{i:05d};{i * i:x};{i / 3:.3f};{words[i % 8]!s:>10}" for i in range(40000)]
print(len("\n".join(lines)), lines[-1])
