echo "{{ ds_nodash }} {{ params.word }} {{ [1, 2] | join("-") }}"
