"""HTTP and websockets: follows the store, never imports torch."""
