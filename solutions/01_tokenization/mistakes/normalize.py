# %% mistake="T30" exercise="normalize" title="drops everything that is not ASCII" caught_by=["normalize_scripts"] hint="Marks are to go, and letters of every script to stay. What becomes of `字`?"
def normalize(text):
    decomposed = unicodedata.normalize("NFD", text)
    return decomposed.encode("ascii", "ignore").decode().lower()


# %% mistake="T31" exercise="normalize" title="composed instead of decomposed" caught_by=["normalize_worked"] hint="In the composed form an accent is part of its letter. Which form takes it apart?"
def normalize(text):
    return "".join(
        c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) != "Mn"
    ).lower()


# %% mistake="T32" exercise="normalize" title="the case stays as it was" caught_by=["normalize_worked"] hint="The last of the three steps is missing: small letters."
def normalize(text):
    return "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")


# %% mistake="T33" exercise="normalize" title="keeps letters only" caught_by=["normalize_worked"] hint="Blanks, digits and punctuation are no marks. Only the category Mn goes."
def normalize(text):
    return "".join(c for c in unicodedata.normalize("NFD", text) if c.isalpha()).lower()
