"""Pure functions over frames: remittance bytes in, ranked payer-code pairs out. Nothing here touches the outside world."""
