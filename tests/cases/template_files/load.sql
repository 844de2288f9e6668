INSERT INTO orders SELECT * FROM raw WHERE day = '{{ ds }}'
