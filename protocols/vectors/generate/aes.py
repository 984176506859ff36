"""AES-256 (FIPS 197): one block, no mode."""
from __future__ import annotations

from typing import List


def times(a: int, b: int) -> int:
    """A product in the field of 2^8 elements."""
    result = 0
    while b:
        if b & 1:
            result ^= a
        a = a << 1 ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return result


def make_box() -> List[int]:
    inverse = [0] * 256
    power, powers = 1, []
    for _ in range(255):
        powers.append(power)
        power = times(power, 3)
    for i, value in enumerate(powers):
        inverse[value] = powers[-i % 255]
    box = []
    for value in inverse:
        turned = value
        for shift in range(1, 5):
            turned ^= (value << shift | value >> (8 - shift)) & 0xFF
        box.append(turned ^ 0x63)
    return box


BOX = make_box()
DOUBLE = [times(value, 2) for value in range(256)]
TRIPLE = [times(value, 3) for value in range(256)]
SHIFTED = [(i + 4 * (i % 4)) % 16 for i in range(16)]


class Aes256:
    def __init__(self, key: bytes) -> None:
        assert len(key) == 32
        words = [list(key[i : i + 4]) for i in range(0, 32, 4)]
        constant = 1
        for i in range(8, 60):
            word = words[-1]
            if i % 8 == 0:
                word = [BOX[b] for b in word[1:] + word[:1]]
                word[0] ^= constant
                constant = times(constant, 2)
            elif i % 8 == 4:
                word = [BOX[b] for b in word]
            words.append([a ^ b for a, b in zip(words[-8], word)])
        self.rounds = [bytes(b for word in words[i : i + 4] for b in word) for i in range(0, 60, 4)]

    def encrypt(self, block: bytes) -> bytes:
        assert len(block) == 16
        state = [a ^ b for a, b in zip(block, self.rounds[0])]
        for key in self.rounds[1:-1]:
            state = [BOX[state[i]] for i in SHIFTED]
            mixed = []
            for at in range(0, 16, 4):
                a, b, c, d = state[at : at + 4]
                mixed += [
                    DOUBLE[a] ^ TRIPLE[b] ^ c ^ d,
                    a ^ DOUBLE[b] ^ TRIPLE[c] ^ d,
                    a ^ b ^ DOUBLE[c] ^ TRIPLE[d],
                    TRIPLE[a] ^ b ^ c ^ DOUBLE[d],
                ]
            state = [a ^ b for a, b in zip(mixed, key)]
        return bytes(BOX[state[i]] ^ key for i, key in zip(SHIFTED, self.rounds[-1]))


def check() -> None:
    """The example of FIPS 197, appendix C.3."""
    cipher = Aes256(bytes(range(32)))
    assert cipher.encrypt(bytes.fromhex("00112233445566778899aabbccddeeff")).hex() == "8ea2b7ca516745bfeafc49904b496089"


check()
