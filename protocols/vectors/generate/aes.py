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


def make_tables() -> List[List[int]]:
    """For each row of the state: the contribution of a substituted byte to a mixed column."""
    first = [times(b, 2) << 24 | b << 16 | b << 8 | times(b, 3) for b in BOX]
    return [[word >> 8 * row | word << 32 - 8 * row & 0xFFFFFFFF for word in first] for row in range(4)]


BOX = make_box()
T0, T1, T2, T3 = make_tables()


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
        self.words = [int.from_bytes(bytes(word), "big") for word in words]

    def encrypt(self, block: bytes) -> bytes:
        assert len(block) == 16
        words = self.words
        a, b, c, d = (int.from_bytes(block[4 * i : 4 * i + 4], "big") ^ words[i] for i in range(4))
        for i in range(4, 56, 4):
            a, b, c, d = (
                T0[a >> 24] ^ T1[b >> 16 & 255] ^ T2[c >> 8 & 255] ^ T3[d & 255] ^ words[i],
                T0[b >> 24] ^ T1[c >> 16 & 255] ^ T2[d >> 8 & 255] ^ T3[a & 255] ^ words[i + 1],
                T0[c >> 24] ^ T1[d >> 16 & 255] ^ T2[a >> 8 & 255] ^ T3[b & 255] ^ words[i + 2],
                T0[d >> 24] ^ T1[a >> 16 & 255] ^ T2[b >> 8 & 255] ^ T3[c & 255] ^ words[i + 3],
            )
        result = b""
        for i, (p, q, r, s) in enumerate(((a, b, c, d), (b, c, d, a), (c, d, a, b), (d, a, b, c)), 56):
            word = BOX[p >> 24] << 24 | BOX[q >> 16 & 255] << 16 | BOX[r >> 8 & 255] << 8 | BOX[s & 255]
            result += (word ^ words[i]).to_bytes(4, "big")
        return result

    def stream(self, length: int) -> bytes:
        """Of the blocks 0, 1, …, as numbers."""
        return b"".join(self.encrypt(i.to_bytes(16, "big")) for i in range(-(-length // 16)))[:length]


def check() -> None:
    """The example of FIPS 197, appendix C.3."""
    cipher = Aes256(bytes(range(32)))
    assert cipher.encrypt(bytes.fromhex("00112233445566778899aabbccddeeff")).hex() == "8ea2b7ca516745bfeafc49904b496089"


check()
