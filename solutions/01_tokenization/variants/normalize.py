# %% variant="G2-normalize" exercise="normalize" title="a loop, small letters first"
def normalize(text):
    kept = ""
    for character in unicodedata.normalize("NFD", text.lower()):
        if not unicodedata.combining(character):
            kept += character
    return kept


# %% variant="G3-normalize" exercise="normalize" title="filter, other names, an extra argument"
def normalize(s, form="NFD", *, drop=("Mn",)):
    print("normalising", len(s), "characters")
    return "".join(
        filter(lambda c: unicodedata.category(c) not in drop, unicodedata.normalize(form, s))
    ).lower()
