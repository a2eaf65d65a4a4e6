"""Development only: receives every mail over SMTP and shows it in the browser."""
