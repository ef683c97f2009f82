"""China's working days (工作日), as the State Council announces them."""
