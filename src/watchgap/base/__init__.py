"""Words that every room uses: errors, days and dates, units, quantities. No science."""
