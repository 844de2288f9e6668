{% include "parts/columns.sql" %}
SELECT '{{ ds }}' AS day, '{{ shout(params.word) }}' AS word, '{{ "a b" | joined }}'; -- {{ macros.ds_add(ds, -7) }}
