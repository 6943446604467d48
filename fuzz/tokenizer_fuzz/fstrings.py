f'a{x!r:>{w}.{p}}b{{}}' rf'\d{y=}' f'''{
z # c
}''' f'{f"{1}"}' b'\x41' u'\u1234\N{DASH}' r'\x'
