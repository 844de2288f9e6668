rm -rf /tmp/{{ ds_nodash }}
